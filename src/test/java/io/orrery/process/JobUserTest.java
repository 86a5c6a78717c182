package io.orrery.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.posix.Users;
import org.junit.jupiter.api.Test;

class JobUserTest {
  @Test
  void aUserIsFoundByNameAndByNumber() throws Exception {
    Users.User root = Users.getpwnam_r("root").orElseThrow();

    assertThat(JobUser.entry("root")).contains(root);
    assertThat(JobUser.entry("0")).contains(root);
    assertThat(JobUser.find("0").orElseThrow().environment()).containsEntry("USER", "root");
  }

  @Test
  void nobodyHasANumberThatIsNone() throws Exception {
    assertThat(JobUser.entry("no-such-user")).isEmpty();
    assertThat(JobUser.entry("3999999999")).isEmpty();
    assertThat(JobUser.entry("4294967295")).isEmpty();
    assertThat(JobUser.entry("4294967296")).as("not 0 again").isEmpty();
    assertThat(JobUser.entry("99999999999999999999")).isEmpty();
  }
}
