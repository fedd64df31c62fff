#include "sidecar/protocol/llm_input.hpp"

#include <algorithm>

namespace mlgateway::protocol {
namespace {

namespace dom = simdjson::dom;

constexpr std::string_view kForms = "must be a text, an array of texts, or tokens: integers or arrays of integers";

bool is_token(const dom::element& value) { return value.is_int64() || value.is_uint64(); }

// All items of one kind; adds the tokens.
bool count_tokens(JsonWalk& walk, const dom::array& tokens, const JsonPlace& place, Counts& counts) {
  std::uint64_t count = 0;
  for (const dom::element token : tokens) {
    if (!is_token(token)) return walk.fail(place, kForms);
    ++count;
  }
  if (count == 0) return walk.fail(place, "must not be empty");
  counts.elements += count;
  return true;
}

// A text, an array of texts, the tokens of one text, or an array of those.
bool count_texts(JsonWalk& walk, const dom::element& value, const JsonPlace& place, Counts& counts) {
  if (value.is_string()) {
    counts = {1, 1};
    return true;
  }
  counts = {};
  dom::array items;
  if (value.get(items)) return walk.fail(place, kForms);
  if (items.begin() == items.end()) return walk.fail(place, "must not be empty");
  const dom::element first = *items.begin();
  if (is_token(first)) {
    counts.rows = 1;
    return count_tokens(walk, items, place, counts);
  }
  std::size_t index = 0;
  for (const dom::element item : items) {
    dom::array tokens;
    if (first.is_string() ? !item.is_string() : item.get(tokens) != simdjson::SUCCESS) return walk.fail(place, kForms);
    if (!first.is_string() && !count_tokens(walk, tokens, place[index], counts)) return false;
    ++index;
  }
  counts.rows = index;
  if (first.is_string()) counts.elements = index;
  return true;
}

// An answer is made for each row as often as these members say: integers from 1.
bool read_times(JsonWalk& walk, const std::optional<dom::element>& value, std::string_view key, std::uint64_t& times) {
  if (!value) return true;
  std::uint64_t wanted = 0;
  if (value->get(wanted) || wanted == 0) return walk.fail(JsonPlace() / key, "must be an integer from 1");
  times = std::max(times, wanted);
  return true;
}

bool multiply(JsonWalk& walk, std::uint64_t times, Counts& counts) {
  if (!__builtin_mul_overflow(counts.rows, times, &counts.rows)) return true;
  return walk.fail({}, "asks for more answers than can be counted");
}

}  // namespace

void LlmBody::take(std::string_view key, const dom::element& value) {
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
  dom::array messages;
  if (body.messages->get(messages)) return walk.fail(place / "messages", "must be an array");
  counts = {1, length_of(messages)};
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

bool count_items(JsonWalk& walk, const dom::element& value, const JsonPlace& place, Counts& counts) {
  counts = {1, 1};
  if (value.is_string()) return true;
  dom::array items;
  if (value.get(items)) return walk.fail(place, "must be a text or an array");
  counts.elements = length_of(items);
  return true;
}

}  // namespace mlgateway::protocol
