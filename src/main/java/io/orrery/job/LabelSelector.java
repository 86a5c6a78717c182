package io.orrery.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which workers a job may run on, by their labels: terms that must all hold, separated by commas.
 *
 * <p>A term is {@code key=value}, {@code key!=value}, {@code key in (a,b)}, {@code key} (the label
 * is there) or {@code !key} (it is not), as in the label selectors of Kubernetes. The empty text
 * matches every worker.
 */
public record LabelSelector(List<Term> terms) {
  private static final String KEY = "[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,62})";
  private static final String VALUE = "[A-Za-z0-9._-]{0,63}";
  private static final Pattern TERM =
      Pattern.compile(
          "\\s*(?:(?<in>KEY)\\s+in\\s*\\((?<values>[^()]*)\\)|(?<eq>KEY)\\s*(?<op>!=|==|=)\\s*(?<value>VALUE)|(?<not>!)?\\s*(?<key>KEY))\\s*(?:,|$)"
              .replace("KEY", KEY)
              .replace("VALUE", VALUE));

  public LabelSelector {
    terms = List.copyOf(terms);
  }

  /** One condition on a worker's labels. */
  public sealed interface Term {
    boolean holds(Map<String, String> labels);
  }

  /** The label has one of the values. */
  public record OneOf(String key, Set<String> values) implements Term {
    @Override
    public boolean holds(Map<String, String> labels) {
      String value = labels.get(key);
      return value != null && values.contains(value);
    }
  }

  /** The label is missing or has another value. */
  public record NotEqual(String key, String value) implements Term {
    @Override
    public boolean holds(Map<String, String> labels) {
      return !value.equals(labels.get(key));
    }
  }

  /** The label is there. */
  public record Present(String key) implements Term {
    @Override
    public boolean holds(Map<String, String> labels) {
      return labels.containsKey(key);
    }
  }

  /** The label is not there. */
  public record Absent(String key) implements Term {
    @Override
    public boolean holds(Map<String, String> labels) {
      return !labels.containsKey(key);
    }
  }

  /**
   * Reads a selector.
   *
   * @throws ApiException with {@link Reason#INVALID_REQUEST} for the field {@code selector}
   */
  public static LabelSelector parse(String text) {
    List<Term> terms = new ArrayList<>();
    Matcher matcher = TERM.matcher(text);
    int end = 0;
    while (end < text.length()) {
      if (!matcher.find(end) || matcher.start() != end) {
        throw ApiException.invalid(
            "selector",
            "must be terms like key=value, key!=value, 'key in (a,b)', key or !key, with commas between"
                + " them, and is '"
                + text
                + "'");
      }
      terms.add(term(matcher));
      end = matcher.end();
    }
    return new LabelSelector(terms);
  }

  private static Term term(Matcher matcher) {
    if (matcher.group("in") != null) {
      return new OneOf(
          matcher.group("in"), Set.copyOf(List.of(matcher.group("values").strip().split("\\s*,\\s*"))));
    }
    if (matcher.group("eq") != null) {
      String value = matcher.group("value");
      return matcher.group("op").equals("!=")
          ? new NotEqual(matcher.group("eq"), value)
          : new OneOf(matcher.group("eq"), Set.of(value));
    }
    return matcher.group("not") == null
        ? new Present(matcher.group("key"))
        : new Absent(matcher.group("key"));
  }

  /** Whether a worker with these labels may run the job. */
  public boolean matches(Map<String, String> labels) {
    return terms.stream().allMatch(term -> term.holds(labels));
  }
}
