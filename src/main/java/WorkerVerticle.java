import io.orrery.config.ConfigFile;
import io.orrery.config.WorkerOptions;
import io.orrery.security.CertificateCheck;
import io.orrery.security.Role;
import io.orrery.worker.WorkerServer;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.InstantSource;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * A worker, configured as docs/configuration.md says: {@code vertx run WorkerVerticle -conf
 * worker.json}.
 */
@NullMarked
public final class WorkerVerticle extends VerticleBase {
  private @Nullable WorkerServer server;

  @Override
  public Future<?> start() {
    return vertx.executeBlocking(this::options).compose(this::start);
  }

  private WorkerOptions options() {
    return WorkerOptions.parse(
        config(), ConfigFile.home(), CertificateCheck.of(Role.WORKER, InstantSource.system()));
  }

  private Future<Integer> start(WorkerOptions options) {
    return WorkerServer.open(vertx, options)
        .compose(
            opened -> {
              server = opened;
              return opened.start();
            });
  }

  @Override
  public Future<?> stop() {
    return server == null ? Future.succeededFuture() : server.stop();
  }
}
