// The cases of llhttp's own test suite, read from its markdown: a heading, a meta comment, fenced input, fenced log.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace mlgateway::http {

struct LlhttpCase {
  std::string name;  // "request/uri: Space in URI", with " (2)" and so on where a file repeats a title
  std::string type;  // "request", "response-lenient-headers", ...; "url" for bare targets
  bool skip_body = false;
  std::string input;
  std::vector<std::string> log;
};

inline void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

inline void append_utf8(std::string& out, unsigned code) {
  if (code >= 0x80) {
    out += static_cast<char>(0xC0 | (code >> 6));
    code = 0x80 | (code & 0x3F);
  }
  out += static_cast<char>(code);
}

// The suite writes "\x1f" and "\037" for code points below 256.
inline std::string without_numeric_escapes(const std::string& text, char mark, int base, std::size_t max_digits) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::size_t digits = at + (mark == '\0' ? 1 : 2);
    const bool escape = text[at] == '\\' && (mark == '\0' || text.substr(at + 1, 1) == std::string(1, mark));
    const std::size_t first = digits;
    const auto is_digit = [&](char byte) { return base == 8 ? byte >= '0' && byte <= '7' : std::isxdigit(byte) != 0; };
    while (escape && digits < text.size() && digits - first < max_digits && is_digit(text[digits])) ++digits;
    if (!escape || digits == first) {
      out += text[at];
      continue;
    }
    append_utf8(out, static_cast<unsigned>(std::stoul(text.substr(first, digits - first), nullptr, base)));
    at = digits - 1;
  }
  return out;
}

// The bytes that a fenced block stands for; the order of the steps is that of the suite's own runner.
inline std::string bytes_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() && &line == &lines.front() ? "" : "\n") + line;
  replace_all(text, "\\\n", "");
  replace_all(text, "\n", "\r\n");
  replace_all(text, "\\r", "\r");
  replace_all(text, "\\n", "\n");
  replace_all(text, "\\t", "\t");
  replace_all(text, "\\f", "\f");
  return without_numeric_escapes(without_numeric_escapes(text, 'x', 16, 2), '\0', 8, 3);
}

// Reads one file; appends to `out`.
inline void read_llhttp_file(const std::filesystem::path& file, const std::string& prefix,
                             std::vector<LlhttpCase>& out) {
  std::ifstream stream(file);
  std::map<std::string, int> seen;
  LlhttpCase current;
  std::string fence, title;
  std::vector<std::string> block;
  for (std::string line; std::getline(stream, line);) {
    if (fence.empty() && line.starts_with("```")) {
      fence = line.substr(3);
      block.clear();
    } else if (fence.empty() && line.starts_with("#")) {
      title = line.substr(line.find_first_not_of("# "));
    } else if (fence.empty() && line.starts_with("<!-- meta=")) {
      const auto meta = nlohmann::json::parse(line.substr(10, line.rfind("-->") - 10));
      current.type = meta.value("type", "");
      current.skip_body = meta.value("skipBody", false);
    } else if (!fence.empty() && line.starts_with("```")) {
      if (fence == "url") current.type = "url";
      if (fence == "log") {
        const int count = ++seen[title];
        current.name = prefix + ": " + title + (count > 1 ? " (" + std::to_string(count) + ")" : "");
        current.log = block;
        out.push_back(current);
        current = {};
      } else {
        current.input = bytes_of(block);
      }
      fence.clear();
    } else if (!fence.empty()) {
      block.push_back(line);
    }
  }
}

// Every case below `root`, in a stable order.
inline std::vector<LlhttpCase> read_llhttp_cases(const std::filesystem::path& root) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".md") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<LlhttpCase> cases;
  for (const auto& file : files) {
    read_llhttp_file(file, std::filesystem::relative(file, root).replace_extension("").string(), cases);
  }
  return cases;
}

}  // namespace mlgateway::http
