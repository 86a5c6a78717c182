package io.orrery.security;

import java.util.Arrays;
import java.util.List;

/** What a party is; its certificate says so. */
public enum Role {
  /** Knows the workers and chooses among them; forwards on behalf of clients. */
  SCHEDULER("scheduler"),
  /** Runs the jobs. */
  WORKER("worker"),
  /** May do everything that a client can do. */
  ADMIN("admin"),
  /** Starts jobs; sees, stops and signals its own. */
  OPERATOR("operator"),
  /** Sees everything, changes nothing. */
  VIEWER("viewer");

  private final String text;

  Role(String text) {
    this.text = text;
  }

  /**
   * The role that is written this way, in lower case.
   *
   * @throws IllegalArgumentException naming the roles there are
   */
  public static Role parse(String text) {
    for (Role role : values()) {
      if (role.text.equals(text)) {
        return role;
      }
    }
    List<String> known = Arrays.stream(values()).map(Role::toString).toList();
    throw new IllegalArgumentException(
        "unknown role \"" + text + "\"; the roles are " + String.join(", ", known));
  }

  /** Whether others dial it, so that its certificate needs host names. */
  public boolean serves() {
    return this == SCHEDULER || this == WORKER;
  }

  /** As in certificates and on the command line: lower case. */
  @Override
  public String toString() {
    return text;
  }
}
