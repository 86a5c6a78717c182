package io.orrery.worker;

import io.orrery.output.DiskRoom;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the worker take no new jobs while the disk of its data directory is nearly full, and take
 * them again when there is room. Jobs that run are left alone; while the disk is full, that is
 * noted on them. For the worker's context.
 */
final class DiskGuard {
  private static final Logger LOG = LoggerFactory.getLogger(DiskGuard.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final DiskRoom room;
  private final Fitness fitness;
  private final FullDisk full;
  private final Context context;
  private final WorkerExecutor pool;
  private String known = "";
  private long timer = -1;

  DiskGuard(DiskRoom room, Fitness fitness, FullDisk full, Context context, WorkerExecutor pool) {
    this.room = room;
    this.fitness = fitness;
    this.full = full;
    this.context = context;
    this.pool = pool;
  }

  /** Looks now, and every second from now on. */
  void start() {
    context.runOnContext(
        _ -> {
          look();
          timer = context.owner().setPeriodic(PERIOD.toMillis(), _ -> look());
        });
  }

  Future<Void> stop() {
    context.runOnContext(_ -> context.owner().cancelTimer(timer));
    return Future.succeededFuture();
  }

  private void look() {
    pool.executeBlocking(room::look, false)
        .onSuccess(this::found)
        .onFailure(failure -> LOG.warn("the room on the disk is not known", failure));
  }

  private void found(DiskRoom.Look look) {
    full.found(look.fullness());
    judge(look.shortage());
  }

  private void judge(String shortage) {
    if (shortage.equals(known)) {
      return;
    }
    known = shortage;
    if (shortage.isEmpty()) {
      LOG.info("there is room on the disk again; jobs are taken");
      fitness.over(Fitness.Trouble.DISK);
    } else {
      LOG.warn("no new jobs are taken: {}", shortage);
      fitness.suffer(Fitness.Trouble.DISK, shortage);
    }
  }
}
