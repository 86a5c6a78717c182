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
    return vertx.executeBlocking(this::create).compose(this::start);
  }

  /** Blocks for files, and for the many classes that a server is made of. */
  private SchedulerServer create() {
    SchedulerOptions options =
        SchedulerOptions.parse(
            config(),
            ConfigFile.home(),
            CertificateCheck.of(Role.SCHEDULER, InstantSource.system()));
    return SchedulerServer.create(vertx, options);
  }

  private Future<Integer> start(SchedulerServer created) {
    server = created;
    return created.start();
  }

  @Override
  public Future<?> stop() {
    return server == null ? Future.succeededFuture() : server.stop();
  }
}
