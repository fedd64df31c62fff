// A regular expression in linear time (RE2, the dialect of Kubernetes itself): a schema's pattern meets text that
// anybody may have written.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sidecar/base/result.hpp"

namespace re2 {
class RE2;
}

namespace mlgateway::schema {

// Copies share the compiled expression. Safe from any thread.
class Pattern {
 public:
  static Result<Pattern> compile(const std::string& text);

  // Whether the expression matches anywhere in `subject`; anchors say otherwise.
  bool found_in(std::string_view subject) const;
  const std::string& text() const;

 private:
  explicit Pattern(std::shared_ptr<const re2::RE2> expression) : expression_(std::move(expression)) {}

  std::shared_ptr<const re2::RE2> expression_;
};

}  // namespace mlgateway::schema
