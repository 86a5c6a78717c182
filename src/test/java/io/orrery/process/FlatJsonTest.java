package io.orrery.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlatJsonTest {
  private static final String ALL =
      "a \"b\" \\ 'c' / \b\f\n\r\t \u0001\u001f\u007f ü € 😀 end \\u0041 \\\\n";

  private static Map<String, Object> fields(Object... namesAndValues) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return fields;
  }

  @Test
  void whatIsWrittenIsReadAgainInBothForms() throws Exception {
    Map<String, Object> fields =
        fields(
            ALL,
            ALL,
            "texts",
            List.of(ALL, "", ALL),
            "numbers",
            List.of(1L, -2L),
            "none",
            List.of(),
            "yes",
            true,
            "no",
            false,
            "number",
            7L);

    assertThat(FlatJson.read(FlatJson.write(fields))).isEqualTo(fields);
    assertThat(FlatJson.read(FlatJson.compact(fields))).isEqualTo(fields);
  }

  @Test
  void aRecordIsJsonForEverybody() {
    assertThat(FlatJson.write(fields("a", "\n\u0001\u001f\"")))
        .isEqualTo("{\n  \"a\": \"\\u000a\\u0001\\u001f\\\"\"\n}\n");
  }

  @Test
  void aMessageIsAtMostTwiceAsLongAsItsText() {
    for (String each : List.of("\n", "\u0001", "\"", "\\", "x")) {
      assertThat(FlatJson.compact(fields("a", each.repeat(1000))).length()).isLessThan(2020);
    }
  }

  @Test
  void escapesThatOthersWriteAreUnderstood() throws Exception {
    String text = "{\"a\":\"\\u00e9\\u20AC\\ud83d\\ude00\\/\\b\\f\\n\\r\\tx\"}";

    assertThat(FlatJson.read(text.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(Map.of("a", "é€😀/\b\f\n\r\tx"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\", "\\x", "\\u12", "\\u12x4", "\\ud83d\\u0041", "\\ud83d\\u"})
  void anEscapeThatIsNoneIsRefused(String escape) {
    assertThatThrownBy(() -> FlatJson.read("{\"a\":\"" + escape + "\"}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("at byte ");
  }
}
