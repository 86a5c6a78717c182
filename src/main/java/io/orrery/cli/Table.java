package io.orrery.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows under headings, each column as wide as its widest cell; the last is not padded. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... headings) {
    rows.add(List.of(headings));
  }

  /** As many cells as there are headings; empty ones become a dash. */
  void row(String... cells) {
    rows.add(List.of(cells));
  }

  @Override
  public String toString() {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], shown(row.get(i)).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        String cell = shown(row.get(i));
        text.append(cell);
        if (i < columns - 1) {
          text.repeat(" ", widths[i] - cell.length() + 2);
        }
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String shown(String cell) {
    return cell.isEmpty() ? "-" : Printable.text(cell);
  }
}
