package io.orrery.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IdentityTest {
  private static final TestAuthority AUTHORITY = TestAuthority.create();

  @ParameterizedTest
  @EnumSource
  void theIdentityOfACertificateIsItsOnlyUri(Role role) {
    Identity identity = new Identity(role, "build-7.example_1");
    assertThat(Identity.of(AUTHORITY.certificate(identity.uri()))).isEqualTo(identity);
    assertThat(Identity.parse(identity.uri())).isEqualTo(identity);
    assertThat(identity).hasToString("spiffe://orrery/" + role + "/build-7.example_1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          '' | the certificate names no identity (no URI)
          spiffe://elsewhere/admin/me | not an identity of Orrery, which begins with spiffe://orrery/
          https://orrery/admin/me | not an identity of Orrery, which begins with spiffe://orrery/
          SPIFFE://orrery/admin/me | not an identity of Orrery, which begins with spiffe://orrery/
          spiffe://orrery/admin/me,spiffe://orrery/viewer/me | the certificate has more than one URI
          spiffe://orrery/admin/me,spiffe://orrery/admin/me | the certificate has more than one URI
          spiffe://orrery/admin/me,https://example.com | the certificate has more than one URI
          spiffe://orrery/root/me | the role in the identity is unknown
          spiffe://orrery/ADMIN/me | the role in the identity is unknown
          spiffe://orrery//me | the role in the identity is unknown
          spiffe://orrery/admin | an identity is spiffe://orrery/<role>/<name>
          spiffe://orrery/admin/me/too | an identity is spiffe://orrery/<role>/<name>
          spiffe://orrery/admin/ | a name has 1 to 63 characters A-Z a-z 0-9 . _ - and begins with a letter or digit
          spiffe://orrery/admin/.. | a name has 1 to 63 characters A-Z a-z 0-9 . _ - and begins with a letter or digit
          spiffe://orrery/admin/m%65 | a name has 1 to 63 characters A-Z a-z 0-9 . _ - and begins with a letter or digit
          """)
  void aCertificateWithoutOneGoodIdentityIsRefusedWithTheReason(String uris, String reason) {
    String[] all = Arrays.stream(uris.split(",")).filter(u -> !u.isEmpty()).toArray(String[]::new);
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> Identity.of(AUTHORITY.certificate(all)))
        .withMessage(reason);
  }

  @Test
  void hostNamesAreNoIdentity() {
    var spec =
        new LeafSpec(
            "admin",
            List.of(),
            List.of("admin.example"),
            true,
            TestAuthority.PAST,
            TestAuthority.FUTURE);
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> Identity.of(AUTHORITY.issue(spec).certificate()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", ".a", "_a", "a/b", "a b", "ä", "a\n"})
  void aBadNameIsRefused(String name) {
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> new Identity(Role.WORKER, name));
  }

  @Test
  void aNameHasAtMost63Characters() {
    assertThat(new Identity(Role.WORKER, "a".repeat(63)).name()).hasSize(63);
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> new Identity(Role.WORKER, "a".repeat(64)));
  }
}
