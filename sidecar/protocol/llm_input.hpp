// What requests to language models hold: prompts, inputs, messages, and how many answers are wanted of each.
#pragma once

#include <optional>
#include <string_view>

#include "sidecar/protocol/counters.hpp"

namespace mlgateway::protocol {

// The members that say so, where a body has them: a null is as if it were not there.
struct LlmBody {
  std::optional<JsonValue> messages;
  std::optional<JsonValue> prompt;
  std::optional<JsonValue> input;
  std::optional<JsonValue> n;        // answers to each row
  std::optional<JsonValue> best_of;  // answers made of each, of which n are returned

  void take(std::string_view key, const JsonValue& value);
};

// The three ways in which the interfaces of OpenAI, and servers that follow them, count.
bool count_chat(JsonWalk& walk, const LlmBody& body, Counts& counts);
bool count_completions(JsonWalk& walk, const LlmBody& body, Counts& counts);
bool count_embeddings(JsonWalk& walk, const LlmBody& body, Counts& counts);

// One row; the elements are the items: 1 for a text.
bool count_items(JsonWalk& walk, const JsonValue& value, const JsonPlace& place, Counts& counts);

}  // namespace mlgateway::protocol
