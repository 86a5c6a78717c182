package io.orrery.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import net.logstash.logback.composite.AbstractJsonProvider;
import org.slf4j.event.KeyValuePair;

/**
 * Adds {@code job_id}, {@code worker_id} and {@code worker_name} to each line that names them,
 * wherever it comes from: also to those of System.Logger, which has no keys.
 */
public final class SubjectFields extends AbstractJsonProvider<ILoggingEvent> {

  @Override
  public void writeTo(JsonGenerator json, ILoggingEvent event) throws IOException {
    for (Map.Entry<String, String> field : Subjects.of(event.getFormattedMessage()).entrySet()) {
      if (!isGiven(event, field.getKey())) {
        json.writeStringField(field.getKey(), field.getValue());
      }
    }
  }

  /** As a key of the line itself, which is written already. */
  private static boolean isGiven(ILoggingEvent event, String key) {
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    return pairs != null && pairs.stream().anyMatch(pair -> pair.key.equals(key));
  }
}
