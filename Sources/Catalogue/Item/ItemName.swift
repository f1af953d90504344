/// Every member name of the written forms of items and needs (domain.md section 3.0): the one table. A
/// change of an item's is a new `v` of its payload.
package enum ItemName: String, CaseIterable, Sendable {
    // Identity
    case id
    case code
    case version
    case types
    case title
    case defaultLanguage
    case description
    case homepage
    case keywords
    case provider
    case awardingBody
    case status
    case approvalDate
    case reviewDate
    case licence
    case sameAs

    // Achievement
    case learningOutcomes
    case criteria
    case fieldOfStudy
    case specialization
    case iscedFields
    case otherFields
    case eqfLevel
    case nqfLevel
    case creditPoints
    case workloadHours
    case languages
    case assessmentTypes
    case gradingScheme
    case modes
    case setting
    case entryRequirements
    case stackability
    case isPartOf
    case hasPart
    case supervision
    case entitlements
    case alignments

    // Quality
    case qualityAssurance
    case accreditations
    case validations
    case studentEvaluations
    case endorsements

    // Members of the parts
    case agency
    case committee
    case country
    case date
    case escoSkills
    case expiryDate
    case framework
    case level
    case name
    case number
    case otherSkills
    case passingValue
    case sampleSize
    case scaleMaximum
    case scaleMinimum
    case score
    case statement
    case type
    case url
    case values
    case verdict

    // Members of a need that an item has not
    case contact
    case creditsMaximum
    case creditsMinimum
    case eqfLevels

    /// The JSON pointer of this member of an item, such as `/title`.
    package var pointer: String { "/" + rawValue }
}
