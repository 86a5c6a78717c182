import io.orrery.config.ConfigFile;
import io.orrery.config.SchedulerOptions;
import io.orrery.scheduler.SchedulerServer;
import io.orrery.security.CertificateCheck;
import io.orrery.security.Role;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.InstantSource;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** A scheduler, configured as docs/configuration.md says: {@code vertx run SchedulerVerticle}. */
@NullMarked
public final class SchedulerVerticle extends VerticleBase {
  private @Nullable SchedulerServer server;

  @Override
  public Future<?> start() {
    return vertx.executeBlocking(this::options).compose(this::start);
  }

  private SchedulerOptions options() {
    return SchedulerOptions.parse(
        config(), ConfigFile.home(), CertificateCheck.of(Role.SCHEDULER, InstantSource.system()));
  }

  private Future<Integer> start(SchedulerOptions options) {
    SchedulerServer created = SchedulerServer.create(vertx, options);
    server = created;
    return created.start();
  }

  @Override
  public Future<?> stop() {
    return server == null ? Future.succeededFuture() : server.stop();
  }
}
