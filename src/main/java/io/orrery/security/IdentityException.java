package io.orrery.security;

/** A certificate or a URI does not say who its holder is; the message says why. */
public final class IdentityException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  IdentityException(String message) {
    super(message);
  }
}
