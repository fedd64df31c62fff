// The date of answers, written once a second.
#pragma once

#include <ctime>
#include <string_view>

namespace mlgateway::net {

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7). One thread; the view is valid until the next call.
class DateClock {
 public:
  std::string_view text(std::time_t now);

 private:
  std::time_t written_ = -1;
  char text_[32] = "";
  std::size_t size_ = 0;
};

}  // namespace mlgateway::net
