package io.orrery.cli.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our HPACK against that of Netty, and against what breaks the RFC. */
final class HeadersTest {

  @Test
  void whatNettyWritesIsRead() throws Exception {
    Random random = new Random(1);
    DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    encoder.configuration().maxHeaderTableSize(0);
    for (int i = 0; i < 300; i++) {
      Http2Headers headers =
          new DefaultHttp2Headers(false)
              .status("200")
              .add("content-type", "application/grpc")
              .add("grpc-status", Integer.toString(i % 17))
              .add("grpc-message", text(random, i));
      ByteBuf block = Unpooled.buffer();
      encoder.encodeHeaders(1, headers, block);

      assertThat(HeaderDecoder.decode(ByteBufUtil.getBytes(block)))
          .hasSize(4)
          .containsEntry(":status", "200")
          .containsEntry("content-type", "application/grpc")
          .containsEntry("grpc-status", headers.get("grpc-status").toString())
          .containsEntry("grpc-message", headers.get("grpc-message").toString());
    }
  }

  /** All characters of a byte, so that every code of the table is used. */
  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) (i % 3 == 0 ? random.nextInt(256) : 'a' + random.nextInt(26)));
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 126, 127, 128, 255, 256, 5000})
  void whatWeWriteIsReadByNetty(int length) throws Exception {
    String value = "v".repeat(length);
    byte[] block = new HeaderEncoder().indexed(3).indexed(7).add("x-test", value).block();

    Http2Headers headers =
        new DefaultHttp2HeadersDecoder().decodeHeaders(1, Unpooled.wrappedBuffer(block));

    assertThat(headers.method()).hasToString("POST");
    assertThat(headers.scheme()).hasToString("https");
    assertThat(headers.get("x-test")).hasToString(value);
    assertThat(HeaderDecoder.decode(block)).containsEntry("x-test", value);
  }

  @Test
  void theExampleOfTheRfcIsRead() throws Exception {
    byte[] block =
        HexFormat.of()
            .parseHex(
                "488264025885aec3771a4b6196d07abe941054d444a8200595"
                    + "040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3");

    assertThat(HeaderDecoder.decode(block))
        .containsEntry(":status", "302")
        .containsEntry("cache-control", "private")
        .containsEntry("location", "https://www.example.com");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "be", // the first entry of a dynamic table
        "80", // entry 0
        "00", // a name that is missing
        "000361", // a name that is cut off
        "0001618a61", // a value that is cut off
        "00016181fe", // ends with a code that is cut off
        "00016184ffffffff", // the end of the string within it
        "ffffffffffff7f" // a number without end
      })
  void whatBreaksTheRfcIsRefused(String block) {
    assertThatThrownBy(() -> HeaderDecoder.decode(HexFormat.of().parseHex(block)))
        .isInstanceOf(IOException.class);
  }
}
