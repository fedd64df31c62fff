#include "sidecar/protocol/csv.hpp"

#include <algorithm>
#include <string>

namespace mlgateway::protocol {
namespace {

class CsvCounter {
 public:
  explicit CsvCounter(std::string_view text) : text_(text) {}

  Result<Counts> count() {
    std::uint64_t records = 0;
    std::uint64_t header = 0;
    Counts counts;
    while (at_ < text_.size()) {
      if (end_line()) continue;
      std::uint64_t fields = 0;
      if (const char* const wrong = read_record(fields)) return fault(wrong);
      if (records++ == 0) header = fields;
      counts.elements += fields;
    }
    if (records == 0) return fault("needs a header line");
    counts.rows = records - 1;
    counts.elements -= header;
    return counts;
  }

 private:
  // Null when all is well.
  const char* read_record(std::uint64_t& fields) {
    while (true) {
      if (const char* const wrong = read_field()) return wrong;
      ++fields;
      if (at_ == text_.size() || end_line()) return nullptr;
      ++at_;  // the comma
    }
  }

  const char* read_field() {
    if (at_ < text_.size() && text_[at_] == '"') return read_quoted();
    at_ = std::min(text_.find_first_of(",\r\n\"", at_), text_.size());
    return at_ < text_.size() && text_[at_] == '"' ? "has a quote inside of a field without quotes" : nullptr;
  }

  const char* read_quoted() {
    do {
      const std::size_t close = text_.find('"', at_ + 1);
      if (close == std::string_view::npos) return "has a quote that is never closed";
      for (; at_ < close; ++at_) line_ += text_[at_] == '\n';
      ++at_;
    } while (at_ < text_.size() && text_[at_] == '"');  // two quotes mean one
    const bool ends = at_ == text_.size() || text_[at_] == ',' || text_[at_] == '\r' || text_[at_] == '\n';
    return ends ? nullptr : "has text behind a closing quote";
  }

  bool end_line() {
    if (text_[at_] != '\r' && text_[at_] != '\n') return false;
    at_ += text_.substr(at_).starts_with("\r\n") ? 2 : 1;
    ++line_;
    return true;
  }

  Error fault(std::string_view words) const {
    std::string sentence = "line " + std::to_string(line_);
    sentence.append(" of the body ").append(words);
    return {Reason::BodyInvalid, sentence, sentence};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 1;
};

}  // namespace

Result<Counts> count_csv(std::string_view text) { return CsvCounter(text).count(); }

}  // namespace mlgateway::protocol
