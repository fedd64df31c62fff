#include "operator/schema/pattern.hpp"

#include <re2/re2.h>

namespace mlgateway::schema {

Result<Pattern> Pattern::compile(const std::string& text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto expression = std::make_shared<const re2::RE2>(text, options);
  if (!expression->ok()) return Error(Reason::InvalidConfig, "pattern '" + text + "': " + expression->error());
  return Pattern(std::move(expression));
}

bool Pattern::found_in(std::string_view subject) const {
  return re2::RE2::PartialMatch(re2::StringPiece(subject.data(), subject.size()), *expression_);
}

const std::string& Pattern::text() const { return expression_->pattern(); }

}  // namespace mlgateway::schema
