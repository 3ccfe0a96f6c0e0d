"""The words that Crossref's schemas allow in their enumerations, as far as articles use them."""

from __future__ import annotations


def _words(lines: str) -> frozenset[str]:
    return frozenset(lines.split())


# Before 5.5.0 there was no "other" and no "corresponding-author".
OLD_ROLES = _words("author editor chair reviewer review-assistant stats-reviewer reviewer-external reader translator")
ROLES = OLD_ROLES | {"corresponding-author", "other"}

CREDIT_ROLES = _words("""
    conceptualization data-curation formal-analysis funding-acquisition investigation methodology
    project-administration resources software supervision validation visualization
    writing-original-draft writing-review-editing
""")

CITATION_TYPES = _words("""
    blog blog_post book book_chapter collection conference_paper conference_proceedings dataset dissertation journal
    journal_article other patent peer_review poster preprint protocol registered_report report software standard
    web_resource
""")

# Crossmark's kinds of update.
UPDATES = _words("""
    addendum clarification correction corrigendum erratum expression_of_concern new_edition new_version
    partial_retraction removal retraction withdrawal
""")

# relations.xsd: between different works, and between forms of one work.
INTER_WORK = _words("""
    isDerivedFrom hasDerivation isReviewOf hasReview isCommentOn hasComment isReplyTo hasReply basedOnData
    isDataBasisFor hasRelatedMaterial isRelatedMaterial isCompiledBy compiles isDocumentedBy documents isSupplementTo
    isSupplementedBy isContinuedBy continues isPartOf hasPart references isReferencedBy isBasedOn isBasisFor requires
    isRequiredBy finances isFinancedBy
""")
INTRA_WORK = _words("""
    isTranslationOf hasTranslation isPreprintOf hasPreprint isManuscriptOf hasManuscript isExpressionOf hasExpression
    isManifestationOf hasManifestation isReplacedBy replaces isSameAs isIdenticalTo isVariantFormOf isOriginalFormOf
    isVersionOf hasVersion isFormatOf hasFormat
""")

# Media types that every version lists.
MEDIA_TYPES = _words("""
    application/pdf text/html text/xml application/xml application/epub+zip text/plain application/msword
""")
