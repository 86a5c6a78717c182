package io.orrery.process;

import io.orrery.posix.PosixException;
import io.orrery.posix.Users;
import java.util.Map;
import java.util.Optional;

/** A user of this host that a job may run as. */
public final class JobUser {
  private final Users.User user;

  private JobUser(Users.User user) {
    this.user = user;
  }

  /** The user of a name; empty if there is none. May block for a directory service. */
  public static Optional<JobUser> find(String name) {
    try {
      return Users.getpwnam_r(name).map(JobUser::new);
    } catch (PosixException | IllegalArgumentException notAName) {
      return Optional.empty();
    }
  }

  /** The variables that a login of the user would set. */
  public Map<String, String> environment() {
    return Map.of(
        "USER", user.name(), "LOGNAME", user.name(), "HOME", user.home(), "SHELL", user.shell());
  }
}
