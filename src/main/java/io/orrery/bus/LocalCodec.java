package io.orrery.bus;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/** Hands immutable messages over as they are, within this process alone. */
final class LocalCodec implements MessageCodec<Object, Object> {
  static final String NAME = "orrery-local";

  private LocalCodec() {}

  /** Makes the codec known to this Vert.x; a second time is as good as one. */
  static void register(Vertx vertx) {
    try {
      vertx.eventBus().registerCodec(new LocalCodec());
    } catch (IllegalStateException alreadyThere) {
      // The bus has no way to ask, and registering twice throws.
    }
  }

  @Override
  public void encodeToWire(Buffer buffer, Object message) {
    throw new UnsupportedOperationException("this message does not leave the process");
  }

  @Override
  public Object decodeFromWire(int position, Buffer buffer) {
    throw new UnsupportedOperationException("this message does not come from elsewhere");
  }

  @Override
  public Object transform(Object message) {
    return message;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
