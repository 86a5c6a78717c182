package io.orrery.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.fleet.LogLines;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

final class RefusedHandshakesTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 10);
  private final RefusedHandshakes refused = new RefusedHandshakes(nanos::get);

  @Test
  void oneLineASecondSaysHowManyWereNotShown() {
    try (LogLines log = new LogLines(RefusedHandshakes.class.getName())) {
      for (int i = 0; i < 500; i++) {
        refused.add("10.0.0.1:" + i, new SSLHandshakeException("no certificate"));
      }
      assertThat(log.with())
          .containsExactly("TLS handshake with 10.0.0.1:0 failed: no certificate");

      nanos.addAndGet(1_000_000_000);
      refused.add("10.0.0.2:1", new SSLHandshakeException("no certificate"));
      nanos.addAndGet(1_000_000_000);
      refused.add("10.0.0.3:1", new SSLHandshakeException("no certificate"));

      assertThat(log.with("10.0.0.2:1", "499 more were not shown")).hasSize(1);
      assertThat(log.with("10.0.0.3:1")).hasSize(1).noneMatch(line -> line.contains("more"));
    }
  }

  @Test
  void theCauseIsTheFirstAndAPeerThatLeavesIsNoEvent() {
    try (LogLines log = new LogLines(RefusedHandshakes.class.getName())) {
      refused.add("10.0.0.1:1", new ClosedChannelException());
      assertThat(log.with()).isEmpty();

      Exception wrapped = new SSLHandshakeException("general problem");
      wrapped.initCause(new IllegalStateException("unknown authority"));
      refused.add("10.0.0.1:2", wrapped);
      assertThat(log.with("unknown authority")).hasSize(1);
    }
  }

  @Test
  void aCertificateOutOfItsTimeIsCalledSo() {
    try (LogLines log = new LogLines(RefusedHandshakes.class.getName())) {
      refused.add("10.0.0.1:1", new CertificateExpiredException("NotAfter: then"));
      nanos.addAndGet(1_000_000_000);
      refused.add("10.0.0.1:2", new CertificateNotYetValidException("NotBefore: then"));

      assertThat(log.with("its certificate has expired: NotAfter: then")).hasSize(1);
      assertThat(log.with("its certificate is not valid yet: NotBefore: then")).hasSize(1);
    }
  }
}
