package io.orrery.launch;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The sockets of a process, as proc_pid_net(5) tells them. */
final class Sockets {
  private static final String LISTEN = "0A";

  private Sockets() {}

  /** The addresses on which a process accepts TCP connections. */
  static List<InetAddress> listening(long pid) throws IOException {
    List<InetAddress> addresses = new ArrayList<>();
    for (String[] row : rows(pid, "tcp", "tcp6")) {
      if (row[3].equals(LISTEN)) {
        addresses.add(address(row[1].substring(0, row[1].indexOf(':'))));
      }
    }
    return addresses;
  }

  /** The addresses of a process's UDP sockets. */
  static List<InetAddress> udp(long pid) throws IOException {
    List<InetAddress> addresses = new ArrayList<>();
    for (String[] row : rows(pid, "udp", "udp6")) {
      addresses.add(address(row[1].substring(0, row[1].indexOf(':'))));
    }
    return addresses;
  }

  private static List<String[]> rows(long pid, String... tables) throws IOException {
    Set<String> own = inodes(pid);
    List<String[]> rows = new ArrayList<>();
    for (String table : tables) {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/net/" + table))) {
        String[] row = line.strip().split(" +", -1);
        if (row.length > 9 && own.contains(row[9])) {
          rows.add(row);
        }
      }
    }
    return rows;
  }

  private static Set<String> inodes(long pid) throws IOException {
    Set<String> inodes = new HashSet<>();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      for (Path descriptor : descriptors.toList()) {
        try {
          String target = Files.readSymbolicLink(descriptor).toString();
          if (target.startsWith("socket:[")) {
            inodes.add(target.substring("socket:[".length(), target.length() - 1));
          }
        } catch (NoSuchFileException closed) {
          // between the list and the look
        }
      }
    }
    return inodes;
  }

  /** The kernel prints words of four bytes, each as a number of a little-endian machine. */
  private static InetAddress address(String hex) throws IOException {
    byte[] bytes = HexFormat.of().parseHex(hex);
    for (int word = 0; word < bytes.length; word += 4) {
      for (int i = 0; i < 2; i++) {
        byte swapped = bytes[word + i];
        bytes[word + i] = bytes[word + 3 - i];
        bytes[word + 3 - i] = swapped;
      }
    }
    return InetAddress.getByAddress(bytes);
  }
}
