#include "operator/kube/token_source.hpp"

namespace mlgateway::kube {
namespace {

std::string trimmed(const std::string& text) {
  constexpr const char* kSpace = " \t\r\n";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

}  // namespace

std::string TokenSource::token(Instant now) {
  const std::scoped_lock lock(mutex_);
  if (material_.empty() || (fresh_ && now < read_ + kFresh)) return token_;
  read_ = now;
  fresh_ = true;
  if (const auto text = read(material_); text) {
    std::string token = trimmed(*text);
    if (!token.empty()) token_ = std::move(token);
  }
  return token_;
}

void TokenSource::distrust() {
  const std::scoped_lock lock(mutex_);
  fresh_ = false;
}

}  // namespace mlgateway::kube
