package io.orrery.posix;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ErrnoTest {

  @Test
  void aNumberHasItsNameAndText() {
    assertThat(Errno.nameOf(2)).isEqualTo("ENOENT");
    assertThat(Errno.message(2)).isEqualTo("No such file or directory");
    assertThat(Errno.nameOf(26)).isEqualTo("ETXTBSY");
    assertThat(Errno.nameOf(133)).isEqualTo("EHWPOISON");
  }

  @Test
  void anUnknownNumberIsNamedByItself() {
    assertThat(Errno.nameOf(0)).isEqualTo("errno 0");
    assertThat(Errno.nameOf(-1)).isEqualTo("errno -1");
    assertThat(Errno.nameOf(4096)).isEqualTo("errno 4096");
    assertThat(Errno.message(41)).isEqualTo("Unknown error 41");
  }

  @Test
  void theExceptionSaysCallSubjectAndCause() {
    var e = new PosixException("open", 13, "/etc/shadow");

    assertThat(e).hasMessage("open /etc/shadow: Permission denied (EACCES)");
    assertThat(e.is(Errno.EACCES)).isTrue();
    assertThat(e.is(Errno.ENOENT)).isFalse();
  }
}
