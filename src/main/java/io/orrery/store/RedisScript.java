package io.orrery.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What Redis does in one step, in Lua. Each begins by looking whether it is the store that we know,
 * and where it changes something, whether it comes from the connection that may. The first three
 * arguments of each are the prefix, the store's name and the session.
 *
 * <p>Where memory has run out, Redis refuses the first command that may need some, so additions
 * come before removals: a script then does nothing at all.
 */
enum RedisScript {
  /** id, "insert" or "put", then the fields; answers 0 where an insert found a job. */
  WRITE(
      Guard.WRITER,
      """
      local id = ARGV[4]
      local key = p .. 'job:' .. id
      local old = job(key)
      if old and ARGV[5] == 'insert' then return 0 end
      local set = {}
      for i, field in ipairs(FIELDS) do
        set[#set + 1] = field
        set[#set + 1] = ARGV[5 + i]
      end
      redis.call('HSET', key, unpack(set))
      local keep = {}
      for _, index in ipairs(indexes(id, job(key))) do
        redis.call('ZADD', p .. index[1], 0, index[2])
        keep[index[1] .. ' ' .. index[2]] = true
      end
      if old then
        for _, index in ipairs(indexes(id, old)) do
          if not keep[index[1] .. ' ' .. index[2]] then
            redis.call('ZREM', p .. index[1], index[2])
          end
        end
      end
      return 1
      """),

  /** ids; answers how many there were. */
  REMOVE(
      Guard.WRITER,
      """
      local removed = 0
      for i = 4, #ARGV do removed = removed + remove(ARGV[i]) end
      return removed
      """),

  /** end, number to keep, step; answers how many were removed, 0 when none is left to remove. */
  PRUNE(
      Guard.WRITER,
      """
      local step = tonumber(ARGV[6])
      local ended = redis.call(
        'ZRANGEBYLEX', p .. 'ended', '-', '(' .. ARGV[4], 'LIMIT', 0, step)
      if #ended == 0 then
        local excess = redis.call('ZCARD', p .. 'ended') - tonumber(ARGV[5])
        if excess > 0 then
          ended = redis.call('ZRANGE', p .. 'ended', 0, math.min(step, excess) - 1)
        end
      end
      for _, member in ipairs(ended) do remove(member:sub(17)) end
      return #ended
      """),

  /** indexes; answers how many members they have together. */
  COUNT(
      Guard.READER,
      """
      local count = 0
      for i = 4, #ARGV do count = count + redis.call('ZCARD', p .. ARGV[i]) end
      return count
      """),

  /**
   * limit, most bytes, after this member, beginning of the id or "", indexes; answers 1 where there
   * are no more, else 0, and then the jobs, each as its id and its fields.
   */
  PAGE(
      Guard.READER,
      """
      local limit, bytes = tonumber(ARGV[4]), tonumber(ARGV[5])
      local found = {}
      for i = 8, #ARGV do
        if ARGV[i] == 'ids' then
          local ids = redis.call(
            'ZRANGEBYLEX', p .. 'ids', '[' .. ARGV[7], '(' .. ARGV[7] .. '~')
          for _, id in ipairs(ids) do
            local member = redis.call('HGET', p .. 'job:' .. id, 'created') .. id
            if member > ARGV[6] then found[#found + 1] = member end
          end
        else
          local members = redis.call(
            'ZRANGEBYLEX', p .. ARGV[i], '(' .. ARGV[6], '+', 'LIMIT', 0, limit)
          for _, member in ipairs(members) do found[#found + 1] = member end
        end
      end
      table.sort(found)
      local page = {#found < limit and 1 or 0}
      for i = 1, math.min(#found, limit) do
        local id = found[i]:sub(17)
        local fields = redis.call('HMGET', p .. 'job:' .. id, unpack(FIELDS))
        if fields[1] then
          page[#page + 1] = {id, fields}
          bytes = bytes - #fields[#fields]
          if bytes <= 0 and i < #found then
            page[1] = 0
            break
          end
        end
      end
      return page
      """),

  /** id, limit; answers as many ids that come after this one. */
  IDS(
      Guard.READER,
      "return redis.call('ZRANGEBYLEX', p .. 'ids', '(' .. ARGV[4], '+', 'LIMIT', 0, ARGV[5])"),

  /** id; answers its fields, or as many nils. */
  GET(Guard.READER, "return redis.call('HMGET', p .. 'job:' .. ARGV[4], unpack(FIELDS))"),

  /** A command on the hash of the values, and its arguments; answers a list of its one answer. */
  READ_VALUES(Guard.READER, "return {redis.call(ARGV[4], p .. 'values', unpack(ARGV, 5))}"),

  /** The same with a command that changes it. */
  CHANGE_VALUES(Guard.WRITER, "return {redis.call(ARGV[4], p .. 'values', unpack(ARGV, 5))}"),

  /**
   * a name for the store if it has none, the session, the process, its directory, what people call
   * it, the milliseconds of the lease, "first" or "again"; answers who else has the store, or ""
   * and the store's name.
   */
  TAKE(
      Guard.NOBODY,
      """
      local before = redis.call('HMGET', p .. 'scheduler', 'process', 'directory', 'name')
      local mine = not before[1] or before[1] == ARGV[4]
      if not mine and ARGV[8] == 'first' then
        mine = before[2] == ARGV[5] or redis.call('EXISTS', p .. 'lease') == 0
      end
      if not mine then return {before[3]} end
      redis.call('SET', p .. 'store', ARGV[2], 'NX')
      redis.call('HSET', p .. 'scheduler', 'process', ARGV[4], 'directory', ARGV[5],
        'name', ARGV[6], 'session', ARGV[3])
      redis.call('SET', p .. 'lease', ARGV[6], 'PX', ARGV[7])
      return {'', redis.call('GET', p .. 'store')}
      """),

  /** the milliseconds of the lease, which begins anew. */
  RENEW(
      Guard.WRITER,
      """
      if redis.call('PEXPIRE', p .. 'lease', ARGV[4]) == 0 then
        redis.call('SET', p .. 'lease', ARGV[3], 'PX', ARGV[4])
      end
      return 1
      """),

  /** Ends the lease. */
  RELEASE(Guard.WRITER, "return redis.call('DEL', p .. 'lease')");

  /** Whose calls a script serves. */
  private enum Guard {
    /** Anybody's. */
    NOBODY,
    /** Those of one who knows which store it is. */
    READER,
    /** Those of the connection that has the lease. */
    WRITER;

    String text() {
      return switch (this) {
        case NOBODY -> "";
        case READER ->
            """
            if redis.call('GET', p .. 'store') ~= ARGV[2] then
              return redis.error_reply('FORGOTTEN this is not the store that was')
            end
            """;
        case WRITER ->
            READER.text()
                + """
                if redis.call('HGET', p .. 'scheduler', 'session') ~= ARGV[3] then
                  return redis.error_reply('FENCED another connection has the lease')
                end
                """;
      };
    }
  }

  /** A method, since the constants of an enum are made before its fields. */
  private static String common() {
    return """
    local FIELDS = {'sequence', 'owner', 'state', 'worker', 'priority', 'created', 'ended',
      'labels', 'body'}
    local function job(key)
      local f = redis.call('HMGET', key, unpack(FIELDS, 1, 8))
      return f[1] and {sequence = f[1], owner = f[2], state = f[3], worker = f[4],
        created = f[6], ended = f[7], labels = f[8]}
    end
    local function indexes(id, j)
      local at = j.created .. id
      local all = {{'all', at}, {'ids', id}, {'owner:' .. j.owner, at}, {'state:' .. j.state, at}}
      if j.worker ~= '' then all[#all + 1] = {'worker:' .. j.worker, at} end
      for name, value in pairs(cjson.decode(j.labels)) do
        all[#all + 1] = {'label:' .. #name .. ':' .. name .. '=' .. value, at}
      end
      if j.ended == '' then
        all[#all + 1] = {'unfinished', j.sequence .. id}
      else
        all[#all + 1] = {'ended', j.ended .. id}
      end
      return all
    end
    local function remove(id)
      local key = p .. 'job:' .. id
      local old = job(key)
      if not old then return 0 end
      for _, index in ipairs(indexes(id, old)) do redis.call('ZREM', p .. index[1], index[2]) end
      return redis.call('DEL', key)
    end
    """;
  }

  private final String text;
  private final String digest;

  RedisScript(Guard guard, String body) {
    this.text = "local p = ARGV[1]\n" + guard.text() + common() + body;
    this.digest = digest(text);
  }

  String text() {
    return text;
  }

  /** The name under which Redis knows it, once it has run. */
  String digest() {
    return digest;
  }

  private static String digest(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }
}
