package io.orrery.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Java strings as C strings: exactly their UTF-8 bytes, ended by a NUL. */
final class CString {
  private CString() {}

  /** Throws IllegalArgumentException for what no C string can carry: a NUL, half a surrogate. */
  static MemorySegment allocate(Arena arena, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("contains a NUL character");
    }
    ByteBuffer bytes = encode(text);
    MemorySegment segment = arena.allocate(bytes.remaining() + 1L);
    return segment.copyFrom(MemorySegment.ofBuffer(bytes));
  }

  /** A NULL-terminated array of pointers to strings, as argv and envp are. */
  static MemorySegment array(Arena arena, List<String> texts) {
    MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      pointers.setAtIndex(ValueLayout.ADDRESS, i, allocate(arena, texts.get(i)));
    }
    return pointers;
  }

  private static ByteBuffer encode(String text) {
    try {
      return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("contains half of a surrogate pair", e);
    }
  }
}
