package io.orrery.security;

import io.orrery.config.TlsFiles;
import java.nio.file.Path;
import java.util.List;

/** Makes the key files of parties of one authority for tests of other packages. */
public final class TestParties {
  private final TestAuthority authority = TestAuthority.create();
  private final Path directory;
  private final Path ca;
  private int made;

  /** Files go to the directory, which must exist. */
  public TestParties(Path directory) {
    this.directory = directory;
    this.ca = TestAuthority.write(directory, "ca", authority.own());
  }

  /** A party with an identity; servers with the names that they are reached by. */
  public TlsFiles party(Role role, String name, String... hosts) {
    return party(List.of(new Identity(role, name).uri()), role.serves(), hosts);
  }

  /** A party whose certificate has these URIs, whatever they are. */
  public TlsFiles withUris(String... uris) {
    return party(List.of(uris), false);
  }

  private TlsFiles party(List<String> uris, boolean serves, String... hosts) {
    LeafSpec spec =
        new LeafSpec(
            "test", uris, List.of(hosts), serves, TestAuthority.PAST, TestAuthority.FUTURE);
    String file = "party-" + made++;
    Path cert = TestAuthority.write(directory, file, authority.issue(spec));
    return new TlsFiles(ca, cert, directory.resolve(file + ".key"));
  }
}
