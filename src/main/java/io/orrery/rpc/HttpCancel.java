package io.orrery.rpc;

/** The HTTP/2 error code CANCEL (RFC 9113, section 7). */
final class HttpCancel {
  static final long CODE = 0x8;

  private HttpCancel() {}
}
