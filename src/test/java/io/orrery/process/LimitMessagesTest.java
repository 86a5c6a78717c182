package io.orrery.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.LimitKind;
import io.orrery.job.Limits;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LimitMessagesTest {
  private static Confinement read(Confinement confinement) throws Exception {
    Map<String, Object> fields = new LinkedHashMap<>(Map.of("type", "start"));
    LimitMessages.put(fields, confinement);
    return LimitMessages.confinement(new Fields(FlatJson.read(FlatJson.write(fields))));
  }

  @Test
  void whatAJobIsHeldToPassesThroughTheRunnersProtocol() throws Exception {
    Limits limits = new Limits(1, 0.25, 3, new Limits.InputOutput(4, 5, 6, 7), 8, 9, -10, true);

    assertThat(read(new Confinement(limits, "nobody")))
        .isEqualTo(new Confinement(limits, "nobody"));
    assertThat(read(Confinement.NONE)).isEqualTo(Confinement.NONE);
  }

  @Test
  void kindsOfAnotherVersionAreSkipped() {
    Set<LimitKind> all = EnumSet.allOf(LimitKind.class);

    assertThat(LimitMessages.kinds(LimitMessages.texts(all))).isEqualTo(all);
    assertThat(LimitMessages.kinds(List.of("MAGNETISM", "PIDS"))).containsExactly(LimitKind.PIDS);
  }
}
