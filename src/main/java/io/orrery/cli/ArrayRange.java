package io.orrery.cli;

/**
 * The numbers of an array of jobs, both ends included.
 *
 * @param first at least 0
 * @param last at most 9,999 jobs later
 */
record ArrayRange(int first, int last) {
  private static final int MOST = 10_000;

  /**
   * Reads {@code 1-100}, or one number.
   *
   * @throws CommandException when it is no range
   */
  static ArrayRange parse(String text) {
    int dash = text.indexOf('-');
    try {
      int first = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
      int last = dash < 0 ? first : Integer.parseInt(text.substring(dash + 1));
      if (first >= 0 && last >= first && last - first < MOST) {
        return new ArrayRange(first, last);
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new CommandException(
        "--array must be FIRST-LAST, like 1-100, of at most 10000 jobs, not '" + text + "'");
  }
}
