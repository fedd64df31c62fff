// Cuts a stream of JSON values into its values, however the bytes were cut on their way.
//
// A watch is a sequence of JSON objects, as a rule one per line; neither chunks nor line breaks are relied upon.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mlgateway::kube {

// Whether no array or object of `text` is nested deeper than `most`. Looks at brackets only: no proof of valid JSON.
bool json_depth_within(std::string_view text, std::size_t most);

// No object of Kubernetes comes near it; deeper nesting would only cost a parser's and a writer's stack.
inline constexpr std::size_t kMostJsonDepth = 128;

class JsonSplitter {
 public:
  explicit JsonSplitter(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  // The objects that are complete with `bytes`, in order, appended to `whole`. False: one is larger than allowed,
  // nested deeper than kMostJsonDepth, or something else than an object stands between them; nothing more can be read.
  [[nodiscard]] bool push(std::string_view bytes, std::vector<std::string>& whole);

  // Whether the stream stands within an object.
  bool within() const { return !pending_.empty(); }

 private:
  bool step(char c);

  std::size_t most_bytes_;
  std::string pending_;
  std::size_t depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace mlgateway::kube
