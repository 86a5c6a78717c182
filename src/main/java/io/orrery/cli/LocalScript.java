package io.orrery.cli;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A script of this machine for a worker that does not have it: its bytes become the job's standard
 * input, and its interpreter is told to read {@code /dev/stdin}.
 *
 * @param words the interpreter, its argument where there is one, and the file to read
 */
record LocalScript(List<String> words, ByteString content) {
  private static final String FILE = "/dev/stdin";

  /**
   * Reads the interpreter from the first line as the kernel does (execve(2)); without one, bash.
   */
  static LocalScript of(ByteString content) {
    List<String> words = new ArrayList<>();
    String line = firstLine(content);
    if (line.startsWith("#!")) {
      String rest = line.substring(2).strip();
      int space = firstSpace(rest);
      if (!rest.isEmpty()) {
        words.add(rest.substring(0, space));
      }
      if (space < rest.length()) {
        words.add(rest.substring(space).strip());
      }
    }
    if (words.isEmpty()) {
      words.add("bash");
    }
    words.add(FILE);
    return new LocalScript(List.copyOf(words), content);
  }

  private static String firstLine(ByteString content) {
    int end = 0;
    while (end < Math.min(content.size(), 4096) && content.byteAt(end) != '\n') {
      end++;
    }
    return content.substring(0, end).toString(StandardCharsets.UTF_8);
  }

  private static int firstSpace(String text) {
    int i = 0;
    while (i < text.length() && text.charAt(i) != ' ' && text.charAt(i) != '\t') {
      i++;
    }
    return i;
  }
}
