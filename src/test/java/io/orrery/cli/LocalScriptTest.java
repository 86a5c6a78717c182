package io.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LocalScriptTest {

  @ParameterizedTest
  @CsvSource({
    "#!/bin/sh, /bin/sh /dev/stdin",
    "#! /bin/sh -e, /bin/sh|-e /dev/stdin",
    "#!/usr/bin/env python3, /usr/bin/env|python3 /dev/stdin",
    "#!/usr/bin/env -S bash -eu, /usr/bin/env|-S bash -eu /dev/stdin",
    "#!, bash /dev/stdin",
    "echo hi, bash /dev/stdin",
    "'', bash /dev/stdin"
  })
  void theInterpreterIsThatOfTheFirstLine(String line, String words) {
    LocalScript script = LocalScript.of(ByteString.copyFromUtf8(line + "\necho\n"));

    assertThat(String.join("|", script.words())).isEqualTo(words.replace(" /dev", "|/dev"));
    assertThat(script.content().toStringUtf8()).isEqualTo(line + "\necho\n");
  }

  @Test
  void aMebibyteIsSentAndNotAByteMore(@TempDir Path directory) throws Exception {
    Path fits = Files.write(directory.resolve("fits"), new byte[1 << 20]);
    Path over = Files.write(directory.resolve("over"), new byte[(1 << 20) + 1]);

    assertThat(StdinBytes.read(fits).size()).isEqualTo(1 << 20);
    assertThatThrownBy(() -> StdinBytes.read(over))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("over has more than 1 MiB");
    assertThatThrownBy(
            () -> StdinBytes.read("-", new ByteArrayInputStream(new byte[(1 << 20) + 1])))
        .hasMessageContaining("the standard input has more than 1 MiB");
  }

  @Test
  void aFileThatIsNotThereIsNamed(@TempDir Path directory) {
    Path gone = directory.resolve("gone");

    assertThatThrownBy(() -> StdinBytes.read(gone.toString(), InputStream.nullInputStream()))
        .isInstanceOf(CommandException.class)
        .hasMessage("there is no file " + gone);
  }
}
