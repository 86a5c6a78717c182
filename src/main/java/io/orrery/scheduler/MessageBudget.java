package io.orrery.scheduler;

import com.google.protobuf.Message;
import io.orrery.job.JobId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bounds the bytes of the job messages that the scheduler keeps: the oldest go first. */
final class MessageBudget {
  /** As they are encoded; a few times as much in memory. */
  static final long MOST_BYTES = 32L << 20;

  private final long most;
  private final Map<JobId, Integer> sizes = new LinkedHashMap<>();
  private long bytes;

  MessageBudget(long most) {
    this.most = most;
  }

  /** The message of a job in the place of the one before; answers whose there is no room for. */
  List<JobId> keep(JobId id, @Nullable Message message) {
    forget(id);
    if (message != null) {
      int size = message.getSerializedSize();
      sizes.put(id, size);
      bytes += size;
    }
    if (bytes <= most) {
      return List.of();
    }
    List<JobId> dropped = new ArrayList<>();
    Iterator<Map.Entry<JobId, Integer>> oldest = sizes.entrySet().iterator();
    while (bytes > most && oldest.hasNext()) {
      Map.Entry<JobId, Integer> entry = oldest.next();
      bytes -= entry.getValue();
      dropped.add(entry.getKey());
      oldest.remove();
    }
    return dropped;
  }

  void forget(JobId id) {
    Integer size = sizes.remove(id);
    if (size != null) {
      bytes -= size;
    }
  }
}
