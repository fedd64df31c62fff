// HeadScanner: where does the head end, and can it still become one?
#include "sidecar/http/character.hpp"
#include "sidecar/http/fault.hpp"
#include "sidecar/http/request_line.hpp"
#include "sidecar/http/strict.hpp"

namespace mlgateway::http {
namespace {

// A first line is method SP target SP version; everything but the target has a bounded length.
constexpr std::size_t kAroundTarget = kMaxMethodBytes + sizeof("  HTTP/1.1") - 1;

Error too_long_first_line(std::string_view line) {
  const bool has_method = line.substr(0, kMaxMethodBytes + 1).find(' ') != std::string_view::npos;
  if (has_method) return refusal_of({"request target is too long", Reason::UriTooLong});
  return refusal_of({"method is too long"});
}

}  // namespace

void HeadScanner::reset() {
  position_ = 0;
  line_start_ = 0;
  first_line_seen_ = false;
}

Result<std::size_t> HeadScanner::scan(std::string_view buffer) {
  const char* const begin = buffer.data();
  const char* const end = begin + buffer.size();
  const std::size_t max_first_line = limits_.max_target_bytes + kAroundTarget;
  while (position_ < buffer.size()) {
    // Obs-fold, and white space in front of a request line: nothing that follows could make it good.
    if (position_ == line_start_ && is_space(buffer[position_])) {
      return refusal_of({"line begins with white space"});
    }
    const char* const stop = find_control(begin + position_, end);
    position_ = static_cast<std::size_t>(stop - begin);
    const std::size_t line_length = position_ - line_start_;
    // Where the head as a whole is the narrower bound, it alone decides: the answer must not depend on how bytes
    // arrive.
    const bool bounds_first_line = !first_line_seen_ && line_start_ + max_first_line < limits_.max_head_bytes;
    if (bounds_first_line && line_length > max_first_line) return too_long_first_line(buffer.substr(line_start_));
    if (position_ >= limits_.max_head_bytes) return refusal_of({"head is too large", Reason::HeadTooLarge});
    if (stop == end) return std::size_t{0};
    if (*stop == '\n') return refusal_of({"LF without CR"});
    if (*stop != '\r') return refusal_of({"control character in the head"});
    if (stop + 1 == end) return std::size_t{0};  // looked at again, with what follows
    if (stop[1] != '\n') return refusal_of({"CR without LF"});

    position_ += 2;
    if (position_ > limits_.max_head_bytes) return refusal_of({"head is too large", Reason::HeadTooLarge});
    if (line_length > 0) {
      first_line_seen_ = true;
    } else if (first_line_seen_) {
      return position_;
    } else if (line_start_ > 0) {
      return refusal_of({"more than one empty line before the head"});
    }
    line_start_ = position_;
  }
  return std::size_t{0};
}

}  // namespace mlgateway::http
