package io.orrery.cli.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.cli.grpc.Http2Connection.Patience;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A peer that says too little, the wrong thing, or leaves. */
final class SilentPeerTest {
  private static final byte[] HEADERS = new HeaderEncoder().indexed(3).block();

  private final PipedOutputStream peer = new PipedOutputStream();
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private Http2Connection connection;

  @BeforeEach
  void connect() throws IOException {
    connection = connection(new Patience(200, 3000), sent);
  }

  private Http2Connection connection(Patience patience, OutputStream out) throws IOException {
    return new Http2Connection(
        new PipedInputStream(peer),
        out,
        () -> {
          closed.complete(null);
          peer.close();
        },
        patience);
  }

  @AfterEach
  void disconnect() {
    connection.close();
  }

  private void peerSends(String frame) throws IOException {
    peer.write(HexFormat.of().parseHex(frame));
    peer.flush();
  }

  @Test
  void isAskedForASignOfLifeAndThenGivenUp() throws Exception {
    Http2Stream stream = connection.open(HEADERS);

    assertThatThrownBy(() -> stream.next(0))
        .isInstanceOf(ConnectionLostException.class)
        .hasMessageContaining("has not answered");
    closed.get(5, TimeUnit.SECONDS);
    assertThat(HexFormat.of().formatHex(sent.toByteArray()))
        .as("a PING")
        .contains("0000080600000000000000000000000000");
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void mayAnswerWithoutSayingAnythingNew() throws Exception {
    for (int i = 0; i < 4; i++) {
      Http2Stream stream = connection.open(HEADERS);
      peerSends("000008060100000000" + "0000000000000000");
      assertThatThrownBy(() -> stream.next(System.nanoTime() + 90_000_000L))
          .isInstanceOf(StatusException.class);
    }

    assertThat(connection.isOpen()).isTrue();
  }

  @Test
  void isNotWaitedForBeyondTheDeadline() throws Exception {
    Http2Stream stream = connection.open(HEADERS);

    assertThatThrownBy(() -> stream.next(System.nanoTime() + 1_000_000L))
        .isInstanceOf(StatusException.class)
        .hasMessageContaining("did not answer in time");
  }

  @Test
  void thatSendsAPingGetsItBack() throws Exception {
    peerSends("000008060000000000" + "0102030405060708");
    peerSends("000000040100000000");
    Http2Stream stream = connection.open(HEADERS);
    assertThatThrownBy(() -> stream.next(System.nanoTime() + 200_000_000L))
        .isInstanceOf(StatusException.class);

    assertThat(HexFormat.of().formatHex(sent.toByteArray()))
        .contains("000008060100000000" + "0102030405060708");
  }

  @Test
  void thatGoesAwayFinishesWhatItBegan() throws Exception {
    Http2Stream stream = connection.open(HEADERS);
    Http2Stream late = connection.open(HEADERS);
    peerSends("000008070000000000" + "00000001" + "00000000");

    assertThatThrownBy(() -> late.next(0))
        .isInstanceOf(ConnectionLostException.class)
        .hasMessageContaining("about to stop");
    assertThat(connection.isOpen()).isFalse();
    assertThatThrownBy(() -> connection.open(HEADERS)).isInstanceOf(ConnectionLostException.class);
    peerSends("000006000100000001" + "000000000109");
    peerSends("000001010500000001" + "88");
    assertThat(stream.next(0)).containsExactly(9);
  }

  @Test
  void thatBreaksTheProtocolIsLeft() throws Exception {
    Http2Stream stream = connection.open(HEADERS);
    peerSends("000000090000000001");

    assertThatThrownBy(() -> stream.next(0))
        .isInstanceOf(ConnectionLostException.class)
        .hasMessageContaining("broke HTTP/2");
  }

  @Test
  void thatLeavesBeforeItsFirstWordMayNotLikeOurCertificate() throws Exception {
    Http2Stream stream = connection.open(HEADERS);
    peer.close();

    assertThatThrownBy(() -> stream.next(0))
        .isInstanceOf(ConnectionLostException.class)
        .hasMessageContaining("does it take your certificate?");
  }

  @Test
  void paddingIsNoContent() throws Exception {
    Http2Stream stream = connection.open(HEADERS);
    peerSends("000002010400000001" + "88" + "88");
    peerSends("00000a000800000001" + "03" + "000000000107" + "000000");

    assertThat(stream.next(0)).containsExactly(7);
  }
}
