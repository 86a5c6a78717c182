package io.orrery.cli;

/** Writes a number of bytes with a binary unit: {@code 512B}, {@code 1.5GiB}. */
final class SizeDisplay {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private SizeDisplay() {}

  static String of(long bytes) {
    int unit = 0;
    long divisor = 1;
    while (unit < UNITS.length - 1 && bytes / divisor >= 1024) {
      divisor <<= 10;
      unit++;
    }
    long rest = unit == 0 ? 0 : bytes % divisor / (divisor >> 10);
    long tenths = bytes / divisor * 10 + rest * 10 / 1024;
    String fraction = tenths % 10 == 0 ? "" : "." + tenths % 10;
    return tenths / 10 + fraction + UNITS[unit];
  }
}
