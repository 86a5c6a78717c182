package io.orrery.scheduler;

/** The host of a worker, and which boot of it; "" is not known. */
record Host(String id, String boot) {
  static final Host UNKNOWN = new Host("", "");

  /** Whether it is surely another host, or the same after a reboot. */
  boolean differsFrom(Host other) {
    return differ(id, other.id) || differ(boot, other.boot);
  }

  /** Whether it is the same host, and was rebooted since. */
  boolean isRebootOf(Host before) {
    return !differ(id, before.id) && differ(boot, before.boot);
  }

  private static boolean differ(String one, String other) {
    return !one.isEmpty() && !other.isEmpty() && !one.equals(other);
  }
}
