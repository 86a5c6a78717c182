package io.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

final class BranchesTest {

  private static int run(List<Callable<Integer>> works) throws InterruptedException {
    Console console =
        new Console(
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream());
    return new Branches(console, works.stream().map(work -> new Branch("job", work)).toList())
        .run(null);
  }

  private static int interrupted() throws InterruptedException {
    throw new InterruptedException("given up");
  }

  @Test
  void theHighestCodeIsThatOfAll() throws Exception {
    assertThat(run(List.of(() -> 0))).isZero();
    assertThat(run(List.of(() -> 0, () -> 4, () -> 3))).isEqualTo(4);
  }

  @Test
  void whatWasInterruptedIsNoSuccess() throws Exception {
    assertThat(run(List.of(BranchesTest::interrupted))).isEqualTo(125);
    assertThat(run(List.of(() -> 0, BranchesTest::interrupted))).isEqualTo(125);
  }
}
