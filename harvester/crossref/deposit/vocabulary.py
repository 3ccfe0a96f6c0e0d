"""Values that Crossref's schemas list and the schema of articles leaves open."""

from __future__ import annotations


def _words(lines: str) -> frozenset[str]:
    return frozenset(lines.split())


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
