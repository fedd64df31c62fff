#include "sidecar/config/place.hpp"

namespace mlgateway::config {

std::string Place::text() const {
  if (parent_ == nullptr) return "";
  const std::string before = parent_->text();
  if (field_.empty()) return before + "[" + std::to_string(index_) + "]";
  return before.empty() ? std::string(field_) : before + "." + std::string(field_);
}

void FirstFault::add(const Place& place, std::string_view words) {
  if (found()) return;
  const std::string path = place.text();
  words_ = (path.empty() ? "document" : path) + ": " + std::string(words);
}

}  // namespace mlgateway::config
