package io.orrery.process;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/**
 * The lines of runner.log: one event is one line, as in the logs of the servers, with the JDK's own
 * logging: theirs takes 6 MB.
 */
final class RunnerLog extends Formatter {
  private static final Pattern LINE_BREAKS =
      Pattern.compile("\\s*[\\r\\n\\x85\\u2028\\u2029]+\\t?");
  private static final Pattern CONTROLS = Pattern.compile("\\p{Cntrl}");

  /** From now on all that is logged in this process looks so. */
  static void install() {
    for (Handler handler : Logger.getLogger("").getHandlers()) {
      handler.setFormatter(new RunnerLog());
    }
  }

  @Override
  public String format(LogRecord event) {
    String text = formatMessage(event) + traceOf(event);
    String oneLine = LINE_BREAKS.matcher(text.strip()).replaceAll("\\\\n");
    return "%s %-5s %s %s%n"
        .formatted(
            time(event.getInstant()),
            level(event.getLevel()),
            shortName(event),
            CONTROLS.matcher(oneLine).replaceAll("?"));
  }

  /** No constant, since a runner that has nothing to say shall not load all this. */
  private static String time(Instant time) {
    return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX")
        .format(time.atOffset(ZoneOffset.UTC));
  }

  private static String traceOf(LogRecord event) {
    if (event.getThrown() == null) {
      return "";
    }
    StringWriter trace = new StringWriter();
    event.getThrown().printStackTrace(new PrintWriter(trace));
    return "\n" + trace;
  }

  private static String level(Level level) {
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return "ERROR";
    }
    return level.intValue() >= Level.WARNING.intValue() ? "WARN" : level.getName();
  }

  private static String shortName(LogRecord event) {
    String name = event.getLoggerName() == null ? "" : event.getLoggerName();
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
