package io.orrery.config;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the PEM files of one party are: paths only, the content is never held here.
 *
 * @param ca the certificates of the authorities whose peers are trusted
 * @param cert this party's certificate, then those between it and the authority, if any
 * @param key the private key of the certificate, PKCS#8, not encrypted
 */
public record TlsFiles(Path ca, Path cert, Path key) {

  /** Looks at the files and notes what is wrong with them, under {@code tls.ca} and so on. */
  @FunctionalInterface
  public interface Check {
    void check(TlsFiles files, Problems problems);
  }

  static TlsFiles read(OptionReader reader, String role) {
    return new TlsFiles(
        reader.path("ca", "certs/ca.crt", "PEM file"),
        reader.path("cert", "certs/" + role + ".crt", "PEM file"),
        reader.path("key", "certs/" + role + ".key", "PEM file"));
  }

  /** Notes each file that is not there or cannot be read, with the command that makes it. */
  public void check(Problems problems) {
    check("tls.ca", ca, problems);
    check("tls.cert", cert, problems);
    check("tls.key", key, problems);
  }

  private static void check(String path, Path file, Problems problems) {
    if (!Files.exists(file)) {
      problems.add(path, "there is no file " + file + "; make it with: bin/orrery certs init");
    } else if (!Files.isRegularFile(file)) {
      problems.add(path, file + " is not a file");
    } else if (!Files.isReadable(file)) {
      problems.add(path, file + " cannot be read by this user; change its owner or its mode");
    }
  }
}
