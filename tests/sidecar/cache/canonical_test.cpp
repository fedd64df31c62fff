// The canonical text against a JSON library that others wrote, over documents made by a seeded generator.
#include "sidecar/cache/canonical.hpp"

#include <random>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/sidecar/cache/documents.hpp"

namespace mlgateway::cache {
namespace {

std::string canonical(std::string_view json) {
  std::string text;
  emit_canonical(json, [&](std::string_view run) { text += run; });
  return text;
}

std::string without_id(std::string_view json) {
  std::string text;
  emit_canonical_without_id(json, [&](std::string_view run) { text += run; });
  return text;
}

// White space is all that may lie between two tokens, so their sequence is the text without it.
std::string tokens_of(const Document& document) {
  std::string text;
  for (const std::string& token : document) text += token;
  return text;
}

TEST(Canonical, LeavesOutWhiteSpaceBetweenTokensAndNowhereElse) {
  EXPECT_EQ(canonical(" { \"a b\" :\t[ 1 ,\r\n 2.50 ] , \"\\\" \" : \" x \" } \n"), R"({"a b":[1,2.50],"\" ":" x "})");
  EXPECT_EQ(canonical("  7  "), "7");
  EXPECT_EQ(canonical(""), "");
}

TEST(Canonical, KeepsNumbersMembersAndEscapesAsTheyWereSent) {
  for (const char* text : {"9007199254740993", "1.0", "1", "1e0", "-0", R"("\u0041")", R"({"b":1,"a":2})"}) {
    EXPECT_EQ(canonical(text), text);
  }
}

TEST(Canonical, KeepsWhiteSpaceAndEscapesOfStringsWhereverTheyBegin) {
  const std::string string = R"("a \\ b\" c\\\" , d\\")";
  for (std::size_t before = 0; before < 20; ++before) {
    for (std::size_t after = 0; after < 20; ++after) {
      const std::string text = "[" + std::string(before, ' ') + string + std::string(after, '\n') + "," + string + " ]";
      EXPECT_EQ(canonical(text), "[" + string + "," + string + "]");
    }
  }
}

TEST(Canonical, IsTheSameWhereItsPartsMeet) {
  for (std::size_t size = 900; size < 2200; ++size) {
    const std::string digits(size, '7');
    EXPECT_EQ(canonical("[ " + digits + " , \"  " + digits + " \" ]"), "[" + digits + ",\"  " + digits + " \"]");
  }
}

TEST(Canonical, IsTheSequenceOfTokensWhateverWhiteSpaceStandsBetween) {
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    const Document document = some_document(random);
    const std::string first = spaced(document, random);
    ASSERT_TRUE(nlohmann::json::accept(first)) << first;
    EXPECT_EQ(canonical(first), tokens_of(document)) << first;
    EXPECT_EQ(canonical(spaced(document, random)), canonical(first)) << first;
  }
}

TEST(Canonical, IsAnotherWhenAnyByteThatMattersIsAnother) {
  std::mt19937 random(2);
  for (int round = 0; round < 3000; ++round) {
    const std::string text = spaced(some_document(random), random);
    std::string changed = text;
    const std::size_t at = random() % text.size();
    changed[at] = "0123456789abc\"[]{},: "[random() % 20];
    if (!nlohmann::json::accept(changed) || changed == text) continue;
    const bool only_white_space = is_white(text[at]) && is_white(changed[at]) && canonical(text) == canonical(changed);
    EXPECT_TRUE(only_white_space || canonical(text) != canonical(changed)) << text << "\n" << changed;
  }
}

TEST(Canonical, MeansToAParserWhatTheTextMeant) {
  std::mt19937 random(3);
  for (int round = 0; round < 1000; ++round) {
    const std::string text = spaced(some_document(random), random);
    EXPECT_EQ(nlohmann::json::parse(canonical(text)), nlohmann::json::parse(text)) << text;
  }
}

TEST(CanonicalWithoutId, LeavesOutTheTopLevelIdWithItsComma) {
  EXPECT_EQ(without_id(R"({"id":"1","a":2})"), R"({"a":2})");
  EXPECT_EQ(without_id(R"({"a":2,"id":"1"})"), R"({"a":2})");
  EXPECT_EQ(without_id(R"({"a":2, "id" : {"x":[1,"}"]} ,"b":3})"), R"({"a":2,"b":3})");
  EXPECT_EQ(without_id(R"({"id":"1"})"), "{}");
  EXPECT_EQ(without_id(R"({"id":1,"id":2})"), "{}");
  EXPECT_EQ(without_id(R"({"a":2,"id":1,"id":2})"), R"({"a":2})");
  EXPECT_EQ(without_id(R"({})"), "{}");
}

TEST(CanonicalWithoutId, KnowsTheNameHoweverItIsWritten) {
  for (const char* name : {R"("\u0069d")", R"("i\u0064")", R"("\u0069\u0064")"}) {
    EXPECT_EQ(without_id("{" + std::string(name) + R"(:"1","a":2})"), R"({"a":2})") << name;
  }
  for (const char* name : {R"("ID")", R"("id ")", R"("idx")", R"("\\u0069d")", R"("i")", R"("")"}) {
    const std::string text = "{" + std::string(name) + R"(:"1","a":2})";
    EXPECT_EQ(without_id(text), text);
  }
}

TEST(CanonicalWithoutId, KeepsEveryOtherId) {
  for (const char* text : {R"({"a":{"id":1}})", R"([{"id":1}])", R"("id")", R"({"a":"id","b":"\"id\":1"})"}) {
    EXPECT_EQ(without_id(text), text);
  }
}

TEST(CanonicalWithoutId, IsTheDocumentThatNeverHadOne) {
  std::mt19937 random(4);
  for (int round = 0; round < 3000; ++round) {
    const Document plain = some_object(random);
    const Document with = with_member(plain, R"("id")", some_document(random), random);
    EXPECT_EQ(without_id(spaced(with, random)), without_id(spaced(plain, random)));
    EXPECT_EQ(without_id(spaced(plain, random)), tokens_of(plain));
  }
}

TEST(CanonicalWithoutId, NeverLeavesATextThatIsNoJson) {
  std::mt19937 random(5);
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 40, ' ');
    for (char& byte : text) byte = "{}[]\",:\\ i du0069\n\x01"[random() % 20];
    std::size_t size = 0;
    emit_canonical_without_id(text, [&](std::string_view run) { size += run.size(); });
    EXPECT_LE(size, text.size() + 1);
  }
}

}  // namespace
}  // namespace mlgateway::cache
