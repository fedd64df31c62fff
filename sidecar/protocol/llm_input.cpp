#include "sidecar/protocol/llm_input.hpp"

#include <algorithm>

namespace mlgateway::protocol {
namespace {

constexpr std::string_view kForms = "must be a text, an array of texts, or tokens: integers or arrays of integers";

// All items of one kind; adds the tokens.
bool count_tokens(JsonWalk& walk, const JsonValue& tokens, const JsonPlace& place, Counts& counts) {
  for (const JsonValue token : tokens.elements()) {
    if (!token.is_integer()) return walk.fail(place, kForms);
  }
  if (tokens.items() == 0) return walk.fail(place, "must not be empty");
  counts.elements += tokens.items();
  return true;
}

// A text, an array of texts, the tokens of one text, or an array of those.
bool count_texts(JsonWalk& walk, const JsonValue& value, const JsonPlace& place, Counts& counts) {
  if (value.is_string()) {
    counts = {1, 1};
    return true;
  }
  counts = {};
  if (!value.is_array()) return walk.fail(place, kForms);
  if (value.items() == 0) return walk.fail(place, "must not be empty");
  const JsonValue first = *value.elements().begin();
  if (first.is_integer()) {
    counts.rows = 1;
    return count_tokens(walk, value, place, counts);
  }
  std::size_t index = 0;
  for (const JsonValue item : value.elements()) {
    if (first.is_string() ? !item.is_string() : !item.is_array()) return walk.fail(place, kForms);
    if (!first.is_string() && !count_tokens(walk, item, place[index], counts)) return false;
    ++index;
  }
  counts.rows = index;
  if (first.is_string()) counts.elements = index;
  return true;
}

// An answer is made for each row as often as these members say: integers from 1.
bool read_times(JsonWalk& walk, const std::optional<JsonValue>& value, std::string_view key, std::uint64_t& times) {
  if (!value) return true;
  const std::uint64_t wanted = value->whole().value_or(0);
  if (wanted == 0) return walk.fail(JsonPlace() / key, "must be an integer from 1");
  times = std::max(times, wanted);
  return true;
}

bool multiply(JsonWalk& walk, std::uint64_t times, Counts& counts) {
  if (!__builtin_mul_overflow(counts.rows, times, &counts.rows)) return true;
  return walk.fail({}, "asks for more answers than can be counted");
}

}  // namespace

void LlmBody::take(std::string_view key, const JsonValue& value) {
  if (value.is_null()) return;
  if (key == "messages") messages = value;
  if (key == "prompt") prompt = value;
  if (key == "input") input = value;
  if (key == "n") n = value;
  if (key == "best_of") best_of = value;
}

bool count_chat(JsonWalk& walk, const LlmBody& body, Counts& counts) {
  const JsonPlace place;
  if (!body.messages) return walk.fail(place, "has no member messages");
  if (!body.messages->is_array()) return walk.fail(place / "messages", "must be an array");
  counts = {1, body.messages->items()};
  std::uint64_t times = 1;
  return read_times(walk, body.n, "n", times) && multiply(walk, times, counts);
}

bool count_completions(JsonWalk& walk, const LlmBody& body, Counts& counts) {
  const JsonPlace place;
  counts = {1, 1};  // without a prompt the model begins a text of its own
  if (body.prompt && !count_texts(walk, *body.prompt, place / "prompt", counts)) return false;
  std::uint64_t times = 1;
  return read_times(walk, body.n, "n", times) && read_times(walk, body.best_of, "best_of", times) &&
         multiply(walk, times, counts);
}

bool count_embeddings(JsonWalk& walk, const LlmBody& body, Counts& counts) {
  const JsonPlace place;
  if (!body.input) return walk.fail(place, "has no member input");
  return count_texts(walk, *body.input, place / "input", counts);
}

bool count_items(JsonWalk& walk, const JsonValue& value, const JsonPlace& place, Counts& counts) {
  counts = {1, 1};
  if (value.is_string()) return true;
  if (!value.is_array()) return walk.fail(place, "must be a text or an array");
  counts.elements = value.items();
  return true;
}

}  // namespace mlgateway::protocol
