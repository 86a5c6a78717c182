package io.orrery.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/configuration.md, conf/*.json and the option records say the same. */
final class ConfigurationDocumentTest {
  private static final Path HOME = Path.of("").toAbsolutePath();

  @Test
  void theDocumentListsTheKeysOfTheSchedulerWithTypeDefaultAndRange() throws IOException {
    assertThat(documented("## The scheduler"))
        .containsExactlyElementsOf(declared(SchedulerOptions::read));
  }

  @Test
  void theDocumentListsTheKeysOfTheWorkerWithTypeDefaultAndRange() throws IOException {
    assertThat(documented("## The worker"))
        .containsExactlyElementsOf(declared(WorkerOptions::read));
  }

  @Test
  void everyComponentOfTheRecordsIsNamedAsItsKey() {
    assertThat(components(SchedulerOptions.class, ""))
        .containsExactlyElementsOf(
            declared(SchedulerOptions::read).stream().map(Option::path).toList());
    assertThat(components(WorkerOptions.class, ""))
        .containsExactlyElementsOf(
            declared(WorkerOptions::read).stream().map(Option::path).toList());
  }

  @Test
  void theSchedulersFileHoldsEveryKeyWithItsDefault() {
    JsonObject json = ConfigFile.read(Path.of("conf/scheduler.json"));
    assertThat(keys(json, "")).containsExactlyElementsOf(components(SchedulerOptions.class, ""));
    assertThat(SchedulerOptions.parse(json, HOME))
        .isEqualTo(SchedulerOptions.parse(new JsonObject(), HOME));
  }

  @Test
  void theWorkersFileHoldsEveryKeyWithItsDefault() {
    JsonObject json = ConfigFile.read(Path.of("conf/worker.json"));
    assertThat(keys(json, "")).containsExactlyElementsOf(components(WorkerOptions.class, ""));
    JsonObject least = new JsonObject("{\"scheduler\": [\"127.0.0.1:50000\"]}");
    WorkerOptions options = WorkerOptions.parse(json, HOME);
    assertThat(options.advertised(1)).isEqualTo(HostPort.parse("127.0.0.1:30000"));
    json.remove("advertise");
    assertThat(WorkerOptions.parse(json, HOME)).isEqualTo(WorkerOptions.parse(least, HOME));
  }

  private static List<Option> declared(Consumer<OptionReader> read) {
    OptionReader reader = new OptionReader(new JsonObject(), HOME);
    read.accept(reader);
    return reader.options();
  }

  private static List<Option> documented(String heading) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("docs/configuration.md"));
    return lines.stream()
        .dropWhile(line -> !line.startsWith(heading))
        .skip(1)
        .takeWhile(line -> !line.startsWith("## "))
        .filter(line -> line.startsWith("| `"))
        .map(line -> line.split(" ?\\| ?", -1))
        .peek(cells -> assertThat(cells[5]).as("the meaning of " + cells[1]).isNotBlank())
        .map(cells -> new Option(plain(cells[1]), cells[2], standard(cells[3]), plain(cells[4])))
        .toList();
  }

  private static String plain(String cell) {
    return cell.replace("`", "");
  }

  /** A default in backticks is JSON; one that is a phrase keeps its own. */
  private static String standard(String cell) {
    return cell.matches("`[^`]*`") ? plain(cell) : cell;
  }

  private static List<String> components(Class<?> record, String prefix) {
    List<String> names = new ArrayList<>();
    for (RecordComponent component : record.getRecordComponents()) {
      Class<?> type = component.getType();
      String name =
          prefix + component.getName().replaceAll("(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
      if (type.isRecord() && type != HostPort.class) {
        names.addAll(components(type, name + "."));
      } else {
        names.add(name);
      }
    }
    return names;
  }

  private static List<String> keys(JsonObject json, String prefix) {
    return json.fieldNames().stream()
        .flatMap(
            key ->
                json.getValue(key) instanceof JsonObject object && !key.equals("labels")
                    ? keys(object, prefix + key + ".").stream()
                    : Stream.of(prefix + key))
        .toList();
  }
}
