#include "operator/kube/json_splitter.hpp"

#include <utility>

namespace mlgateway::kube {

bool json_depth_within(std::string_view text, std::size_t most) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if ((c == '{' || c == '[') && ++depth > most) return false;
    if ((c == '}' || c == ']') && depth > 0) --depth;
  }
  return true;
}

// Takes one byte of an object into account; false: it is nested too deep.
bool JsonSplitter::step(char c) {
  if (escaped_) {
    escaped_ = false;
    return true;
  }
  if (in_string_) {
    escaped_ = c == '\\';
    in_string_ = c != '"';
    return true;
  }
  in_string_ = c == '"';
  if (c == '{' || c == '[') return ++depth_ <= kMostJsonDepth;
  if (c == '}' || c == ']') --depth_;
  return true;
}

bool JsonSplitter::push(std::string_view bytes, std::vector<std::string>& whole) {
  std::size_t begin = 0;  // of what is not in pending_ yet
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (depth_ == 0) {
      begin = i;
      if (c == '\n' || c == '\r' || c == ' ' || c == '\t') {
        begin = i + 1;
        continue;
      }
      if (c != '{') return false;
    }
    if (!step(c)) return false;
    if (pending_.size() + (i + 1 - begin) > most_bytes_) return false;
    if (depth_ > 0) continue;
    pending_.append(bytes.substr(begin, i + 1 - begin));
    whole.push_back(std::exchange(pending_, {}));
    begin = i + 1;
  }
  pending_.append(bytes.substr(begin));
  return true;
}

}  // namespace mlgateway::kube
