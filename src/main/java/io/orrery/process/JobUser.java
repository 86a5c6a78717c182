package io.orrery.process;

import io.orrery.posix.PosixException;
import io.orrery.posix.Users;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** A user of this host that a job may run as. */
public final class JobUser {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");

  /** (uid_t) -1 is none (setuid(2)). */
  private static final long NOBODY_AT_ALL = 0xffff_ffffL;

  private final Users.User user;

  private JobUser(Users.User user) {
    this.user = user;
  }

  /** The user of a name or number; empty if there is none. May block for a directory service. */
  public static Optional<JobUser> find(String nameOrNumber) {
    try {
      return entry(nameOrNumber).map(JobUser::new);
    } catch (PosixException | IllegalArgumentException notAName) {
      return Optional.empty();
    }
  }

  /** As POSIX has it of chown(1): what is no name may be a number. */
  static Optional<Users.User> entry(String nameOrNumber) throws PosixException {
    Optional<Users.User> named = Users.getpwnam_r(nameOrNumber);
    if (named.isPresent() || !NUMBER.matcher(nameOrNumber).matches()) {
      return named;
    }
    long number = Long.parseLong(nameOrNumber);
    return number < NOBODY_AT_ALL ? Users.getpwuid_r((int) number) : Optional.empty();
  }

  /** The variables that a login of the user would set. */
  public Map<String, String> environment() {
    return Map.of(
        "USER", user.name(), "LOGNAME", user.name(), "HOME", user.home(), "SHELL", user.shell());
  }
}
