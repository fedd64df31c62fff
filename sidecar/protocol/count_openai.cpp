// OpenAI's requests, as far as a request tells what it will cost.
#include "sidecar/protocol/counters.hpp"
#include "sidecar/protocol/llm_input.hpp"
#include "sidecar/protocol/path_rules.hpp"

namespace mlgateway::protocol {

bool count_openai(JsonWalk& walk, const JsonValue& root, std::string_view path, Counts& counts) {
  if (!root.is_object()) return walk.fail({}, "must be a JSON object");
  LlmBody body;
  const auto take = [&](std::string_view key, const JsonValue& value) {
    body.take(key, value);
    return true;
  };
  if (!walk.each_member(root, {}, take)) return false;
  const auto reading = read_path(openai_paths(), path);
  const std::string_view endpoint = reading ? reading->rule->pattern : std::string_view();
  if (endpoint == "/v1/completions") return count_completions(walk, body, counts);
  if (endpoint == "/v1/embeddings") return count_embeddings(walk, body, counts);
  if (endpoint == "/v1/chat/completions") return count_chat(walk, body, counts);
  // Responses: what is asked may also be kept at the server, and then there is no input.
  counts = {1, 1};
  return !body.input || count_items(walk, *body.input, JsonPlace() / "input", counts);
}

}  // namespace mlgateway::protocol
