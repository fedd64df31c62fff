// Reads JSON text from front to back by the whole grammar of RFC 8259, keeping nothing but where it stands.
//
// For text that nobody has checked, such as a model's answer. Strings are not looked at for UTF-8: that moves no
// boundary. Each function says whether what it names was there; after a false the rest is of no use. Pure.
#pragma once

#include <bitset>
#include <cstddef>
#include <string_view>

namespace mlgateway::cache {

class JsonSkimmer {
 public:
  static constexpr std::size_t kMaxDepth = 1024;  // deeper text counts as none

  explicit JsonSkimmer(std::string_view text) : text_(text) {}

  std::size_t position() const { return at_; }
  bool at_end() const { return at_ == text_.size(); }

  void white();           // skips it, if there is any
  bool take(char token);  // skips that character, with white space before it
  bool string();          // at its opening quote
  bool value();           // of any kind, with white space before it

 private:
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  bool scalar();
  bool word(std::string_view expected);
  bool number();
  bool digits();
  bool escape();
  bool member_name();

  enum class Next { Value, Nothing, Fault };
  Next after_value();

  std::string_view text_;
  std::size_t at_ = 0;
  std::bitset<kMaxDepth> objects_;  // which of the open containers are objects
  std::size_t depth_ = 0;
};

}  // namespace mlgateway::cache
